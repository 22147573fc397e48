"""What a person downloads where the command cannot: the page to open, the names to save under, the files taken in."""

import re
import shutil
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ctg_analysis.core.datasets import Download
from ctg_analysis.sources.fetching.received import FetchError, refuse_foreign, refuse_pages, unpack

PAGES = {  # of the sites whose addresses of data tell the page that a person opens
    r"(https://[^/]+)/api/explore/v2\.1/catalog/datasets/([^/?]+)/.*": r"\1/explore/dataset/\2/",
    r"https://www\.data\.gouv\.fr/api/1/datasets/([^/?]+)/?": r"https://www.data.gouv.fr/datasets/\1/",
    r"https://www\.insee\.fr/fr/statistiques/fichier/(\d+)/.*": r"https://www.insee.fr/fr/statistiques/\1",
}


def page_of(download: Download) -> str:
    """Return the page that a person opens to get a file; the address of the file where no page is known.

    >>> page_of(Download("a.csv", "https://data.caf.fr/api/explore/v2.1/catalog/datasets/abc/exports/csv?delimiter=%3B"))
    'https://data.caf.fr/explore/dataset/abc/'
    >>> page_of(Download("a.csv", "https://www.insee.fr/fr/statistiques/fichier/8581696/base-cc_csv.zip"))
    'https://www.insee.fr/fr/statistiques/8581696'
    """
    found = ((re.fullmatch(address, download.url), page) for address, page in PAGES.items())
    return next((match.expand(page) for match, page in found if match), download.url)


def packed_name(download: Download) -> str:
    """Return the name that a file is saved under by hand: that of the zip which holds it, when there is one."""
    return f"{download.name}.zip" if download.member else download.name


def given_file(download: Download, folder: Path | None) -> Path | None:
    """Return the file of a folder that a person has downloaded, a zip also under the name that its site gives it."""
    last = PurePosixPath(urlsplit(download.url).path).name
    names = [packed_name(download), download.name, *([last, f"{last}.zip"] if download.member else [])]
    paths = (folder / name for name in names) if folder else ()
    return next((path for path in paths if path.is_file()), None)


def take(file: Path, download: Download, folder: Path) -> None:
    """Copy a file that a person has downloaded into `folder`, under the name of the download: whole and of its kind.

    Raises:
        FetchError: a page, a damaged file, another format, a zip without the file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{packed_name(download)}.part"
    shutil.copyfile(file, copy)
    try:
        if download.member and file.name != download.name:
            refuse_pages(copy, str(file))
            unpack(copy.rename(folder / packed_name(download)), download, folder)
        else:
            refuse_foreign(copy, download.name, str(file))
            copy.replace(folder / download.name)
    except FetchError as error:
        copy.unlink(missing_ok=True)
        raise FetchError(str(error).replace(download.url, str(file))) from error
