"""The intake: from a file as people keep them (Word, PDF, subtitles, chats) to a document that can be coded."""
