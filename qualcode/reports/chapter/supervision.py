"""The log of supervision as an appendix: what was said of the report and the codings, what was answered, what changed.

What is not settled is printed in every report, so that the next meeting begins with it. The settled comments and the
rounds, the audit trail of dependability, belong to the whole appendix.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qualcode.coding.reviews import Comment, handle
from qualcode.display import Table
from qualcode.project.reviewing import Outward, where_of
from qualcode.project.supervising import Reviews
from qualcode.reports.chapter.blocks import GridCell, Heading, Row, Span
from qualcode.reports.chapter.composing import Composer
from qualcode.reports.chapter.grid import text_of
from qualcode.reports.chapter.ledger import unmarked
from qualcode.reports.chapter.quoting import in_words, shortened
from qualcode.wording import say

__all__ = ["supervision"]


def supervision(composer: Composer, reviews: Reviews) -> None:
    """Write the appendix of supervision; nothing where there are no comments to be shown.

    Parameters
    ----------
    composer : Composer
        Its options say whether the whole appendix is wanted.
    reviews : Reviews
        Of the chapter's case.
    """
    whole = composer.options.appendix
    pending = [each for each in reviews if not each.done]
    settled = [each for each in reviews if each.done]
    if not pending and not (whole and settled):
        return
    if not whole:
        composer.appendix()
        composer.title("", say("chapter.appendix"))
    number = say("chapter.appendix_number", number=_appendices(composer) + 1)
    composer.title(number, say("chapter.appendix_supervision"), level=2, apart=whole)
    composer.prose(say("chapter.supervision_lead", pending=len(pending), settled=len(settled)))
    _comments(composer, "pending", pending)
    if whole:
        _comments(composer, "settled", settled)
        _rounds(composer, reviews)
    elif settled:
        composer.prose(say("chapter.supervision_more", settled=len(settled)), manner="note")


def _appendices(composer: Composer) -> int:
    """How many appendices there are already."""
    named = say("chapter.appendix_number", number="")
    return sum(isinstance(each, Heading) and each.number.startswith(named) for each in composer.blocks)


def _comments(composer: Composer, which: str, comments: Sequence[Comment]) -> None:
    """The comments with place, words, what was said and answered, oldest first."""
    if not comments:
        return
    outward = Outward(composer.case)
    columns = [say(f"review.{name}") for name in ("author", "place_words", "comment_answers", "status")]
    body = tuple(_row(outward, each) for each in comments)
    rows = [[cell.text for cell in row] for row in body]
    table = Table(say(f"chapter.supervision_{which}"), columns, rows)
    composer.table(table, say("chapter.from_reviews"), f"supervision.{which}", body=body)


def _row(outward: Outward, comment: Comment) -> Row:
    # Words stand in italics and without quotation marks: they are the reviewer's mark, not evidence of the chapter.
    quote = shortened(outward.quote(comment), 40)
    answers = [outward.answer(each, comment) for each in comment.answers]
    status = say(f"review.status_{comment.status}")
    return (
        GridCell((Span(unmarked(f"{comment.author}\n{comment.time[:10]}\n{handle(comment.id)}")),)),
        GridCell((Span(text_of(where_of(comment))), *([Span(unmarked(f"\n{quote}"), italic=True)] if quote else []))),
        GridCell((Span(unmarked("\n→ ".join([outward.text(comment), *answers]))),)),
        GridCell((Span(status, bold=not comment.done),)),
    )


def _day(time: str) -> str:
    return in_words(date.fromisoformat(time[:10]))


def _rounds(composer: Composer, reviews: Reviews) -> None:
    """Each round with what was decided in it and what changed since."""
    composer.prose(say("review.log_lead"), say("review.log_limits"))
    from_reviews, from_journals = say("chapter.from_reviews"), say("chapter.from_journals")
    for each in reviews.log().rounds:
        composer.title(
            "", say("chapter.supervision_round", number=each.number, date=_day(each.date)), level=3, apart=False
        )
        composer.prose(unmarked(each.said(_day(each.until) if each.until else say("review.now"))))
        for kind, table in each.followed().items():
            source = from_reviews if kind == "decisions" else from_journals
            composer.table(table, source, f"supervision.{each.number}.{kind}")
