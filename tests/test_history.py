"""Undoing is an event, the log tells before and after, and two states differ only in what changed."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.coding.history import Difference, compare_coders, difference, entries, newest_action, newest_undoing
from qualcode.coding.journal import AnyEvent, Apply, Move, Remove, Revise, Undo, fold, in_force

TEXT = "0" * 16


def applied(quote: str = "Ya.", **said: object) -> Apply:
    start = int(said.pop("start", 0))  # type: ignore[call-overload]
    fields = {"coder": "ana", "document": "w-i1", "code": "LAY", "start": start, "end": start + len(quote)} | said
    return Apply.model_validate(fields | {"quote": quote})


def test_undoing_takes_back_and_undoing_that_brings_back() -> None:
    """An undone coding is gone; when its undoing is undone it stands again, unchanged."""
    coding = applied()
    undo = Undo(coder="ana", undone=coding.id)
    redo = Undo(coder="ana", undone=undo.id)
    assert not fold([coding, undo])
    assert fold([coding, undo, redo]) == fold([coding])


def test_an_undone_revision_leaves_what_was_before() -> None:
    """Undoing a revision gives the judgement before it, and later revisions still count."""
    coding = applied(memo="awal")
    first, second = (Revise(coder="ana", coding=coding.id, memo=memo) for memo in ("kedua", "ketiga"))
    assert fold([coding, first, second, Undo(coder="ana", undone=second.id)])[coding.id].memo == "kedua"
    assert fold([coding, first, second, Undo(coder="ana", undone=first.id)])[coding.id].memo == "ketiga"


def test_an_action_is_undone_as_one() -> None:
    """Events that share an action are taken back together by one undoing, and others stay."""
    one, other, third = applied("a", start=0), applied("b", start=5), applied("c", start=9)
    action = applied("x").id
    moves = [Revise(coder="ana", coding=each.id, code="SDM", action=action) for each in (one, other)]
    state = fold([one, other, third, *moves, Undo(coder="ana", undone=action)])
    assert {each.code for each in state.values()} == {"LAY"}


def test_moving_keeps_the_judgement() -> None:
    """A move changes place and words, nothing else."""
    coding = applied(memo="penting", valence="mendukung")
    move = Move(coder="ana", coding=coding.id, start=7, end=10, quote="Ya!", text=TEXT)
    moved = fold([coding, move])[coding.id]
    assert (moved.start, moved.end, moved.quote, moved.text) == (7, 10, "Ya!", TEXT)
    assert (moved.memo, moved.valence, moved.id) == (coding.memo, coding.valence, coding.id)


def journals() -> st.SearchStrategy[list[AnyEvent]]:
    """Codings, and changes and undoings that name earlier events, in the order they were made."""

    @st.composite
    def made(draw: st.DrawFn) -> list[AnyEvent]:
        events: list[AnyEvent] = []
        for kind in draw(st.lists(st.sampled_from(["apply", "revise", "remove", "move", "undo"]), max_size=12)):
            codings = [each for each in events if isinstance(each, Apply)]
            if kind == "apply" or not codings:
                events.append(applied(start=len(events)))
                continue
            coding = draw(st.sampled_from(codings)).id
            if kind == "revise":
                events.append(Revise(coder="ana", coding=coding, memo=str(len(events))))
            elif kind == "remove":
                events.append(Remove(coder="ana", coding=coding))
            elif kind == "move":
                events.append(Move(coder="ana", coding=coding, start=99, end=102, quote="Ya.", text=TEXT))
            else:
                events.append(Undo(coder="ana", undone=draw(st.sampled_from(events)).id))
        return events

    return made()


@given(journals(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(events: list[AnyEvent], chance: Random) -> None:
    """However the lines of two copies were mixed, the same codings stand."""
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(events)


@given(journals())
def test_undo_then_redo_is_nothing(events: list[AnyEvent]) -> None:
    """Taking back the newest action and bringing it back leaves every coding as it was."""
    action = newest_action(events, "ana")
    if action is None:
        return
    undone = [*events, Undo(coder="ana", undone=action.id)]
    undoing = newest_undoing(undone, "ana")
    assert undoing is not None
    assert undoing.undone == action.id
    assert fold([*undone, Undo(coder="ana", undone=undoing.id)]) == fold(events)


@given(journals())
def test_undoing_everything_leaves_nothing(events: list[AnyEvent]) -> None:
    """Taking back one action after the other ends with no coding, in as many steps as there were actions in force."""
    steps = len([event for event in in_force(events) if not isinstance(event, Move)])
    for _ in range(steps):
        action = newest_action(events, "ana")
        assert action is not None
        events = [*events, Undo(coder="ana", undone=action.id)]
    assert newest_action(events, "ana") is None
    assert not fold(events)


@given(journals())
def test_the_log_replays_to_the_state(events: list[AnyEvent]) -> None:
    """Following the log, each entry begins where the last one on that coding ended, and the end is the state."""
    now: dict[str, Apply | None] = {}
    for entry in entries(events):
        assert entry.before == now.get(entry.coding)
        now[entry.coding] = entry.after
    assert {id: state for id, state in now.items() if state is not None} == fold(events)


def test_nothing_is_brought_back_after_a_new_action() -> None:
    """Once the coder has done something else, the old undoing stays as it is."""
    first = applied()
    undo = Undo(coder="ana", undone=first.id)
    assert newest_undoing([first, undo], "ana") == undo
    assert newest_undoing([first, undo, applied(start=9)], "ana") is None


def test_others_actions_are_not_mine_to_take_back() -> None:
    """The newest action of a coder is hers, whatever others did since."""
    mine, theirs = applied(), applied(coder="budi", start=9)
    assert newest_action([mine, theirs], "ana") == mine


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"code": "SDM"}, (Difference.RECODED,)),
        ({"valence": "mendukung"}, (Difference.JUDGED,)),
        ({"memo": "baru"}, (Difference.MEMO,)),
        ({"code": "SDM", "tags": ["x"], "memo": "y"}, (Difference.RECODED, Difference.JUDGED, Difference.MEMO)),
    ],
)
def test_what_differs_is_named(change: dict[str, object], found: Sequence[Difference]) -> None:
    """A coding that was changed is listed once, with everything that changed about it."""
    coding = applied()
    after = fold([coding, Revise.model_validate({"coder": "ana", "coding": coding.id} | change)])
    assert [each.differences for each in difference(fold([coding]), after)] == [tuple(found)]


def test_added_removed_moved() -> None:
    """What stands only before was removed, only after was added, and elsewhere was moved; what stayed is not listed."""
    stays, goes, comes, moves = (applied(start=at) for at in (0, 10, 20, 30))
    move = Move(coder="ana", coding=moves.id, start=40, end=43, quote="Ya.", text=TEXT)
    found = difference(fold([stays, goes, moves]), fold([stays, comes, moves, move]))
    assert [each.differences for each in found] == [(Difference.REMOVED,), (Difference.ADDED,), (Difference.MOVED,)]


def test_two_coders_are_compared_by_their_words() -> None:
    """The same code on overlapping words is one coding; another code on the same words is re-coded."""
    ana = [applied("Semua dibalas.", start=0), applied("Kami berdua.", start=50), applied("Itu saja.", start=90)]
    budi = [
        applied("Semua dibalas. Ya.", start=0, coder="budi"),
        applied("Kami berdua.", start=50, coder="budi", code="SDM"),
    ]
    found = [each.differences for each in compare_coders(ana, budi)]
    assert found == [(Difference.MOVED,), (Difference.RECODED,), (Difference.REMOVED,)]
