"""Drawing a sample for double coding and keeping it beside the codings, with its seed."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from qualcode.coding.case import Case
from qualcode.coding.codebook import Codebook
from qualcode.coding.sampling import Sample, SamplePassages, draw, share_of
from qualcode.errors import CheckError, ParameterError
from qualcode.project.layout import CORPUS, SAMPLES, place, read_tree
from qualcode.project.versions import HISTORY, Versions
from qualcode.records import read_as, word_complaint
from qualcode.storage import locked, write_atomically


def draw_sample(
    root: Path, case: Case, codebook: Codebook, *, coder: str, share: str | float, seed: int, round: int = 1
) -> SamplePassages:
    """Draw and store a sample, or give the one that was drawn with the same share and seed.

    Raises
    ------
    ParameterError
        When the share or the coder's name is not possible, or another sample was drawn before.
    CheckError
        When the sample that was drawn before cannot be read.
    OSError
        When it cannot be written.
    """
    asked = _asked(codebook.id, coder, str(share_of(share)), seed, round)
    path = root / CORPUS / case.id / SAMPLES / _name(asked)
    with locked(path):
        if path.exists():
            found = _read(root, path)
            if (found.seed, found.share) != (asked.seed, asked.share):
                said = {"coder": coder, "share": found.share, "seed": found.seed}
                raise ParameterError.of("sample_exists", place(root, path), **said)
        else:
            found = asked.model_copy(update={"documents": draw(case.documents, share_of(asked.share), seed)})
            versions = Versions(root / CORPUS / case.id / HISTORY)
            for id in found.documents:
                versions.keep(case.document(id).text)
            write_atomically(path, _written(found))
    now = next((each for each in _known(case) if _name(each) == path.name), found)
    return SamplePassages(now, {document.id: document for document in case.documents})


def _known(case: Case) -> tuple[Sample, ...]:
    study = case.codings.studies.get(case.id)
    return study.samples if study else ()


def _asked(codebook: str, coder: str, share: str, seed: int, round: int) -> Sample:
    said = {"codebook": codebook, "coder": coder, "share": share, "seed": seed, "round": round, "documents": {}}
    try:
        return Sample.model_validate(said)
    except ValidationError as error:
        raise ParameterError(word_complaint(error.errors(include_url=False)[0], "sample")) from None


def _name(sample: Sample) -> str:
    later = f".{sample.round}" if sample.round > 1 else ""
    return f"{sample.codebook}.{sample.coder}{later}.yaml"


def _read(root: Path, path: Path) -> Sample:
    tree, problems = read_tree(root, path)
    sample, faults = read_as(Sample, tree) if tree else (None, [])
    if sample is None:
        raise CheckError(problems + faults)
    return sample


def _written(sample: Sample) -> bytes:
    content = sample.model_dump(mode="json")
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110).encode()
