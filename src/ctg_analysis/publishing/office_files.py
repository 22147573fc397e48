"""Files of Word and PowerPoint as bytes that tell nothing of the moment and the machine of their writing."""

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)  # of a zip entry: the moment of writing is not told


def same_bytes(document) -> bytes:
    """Return the file without the moment of its writing; parts are not compressed, which differs between machines.

    document: of python-docx or python-pptx.
    """
    saved, same = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(same, "w") as file:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            file.writestr(entry, parts.read(part))
    return same.getvalue()
