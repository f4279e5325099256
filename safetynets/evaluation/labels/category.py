"""The five categories by which an alert, or the lack of one, is judged."""

from __future__ import annotations

from enum import IntEnum


class Category(IntEnum):
    """Whether a situation called for an alert.

    The five categories are those by which EUROCONTROL's guidance scores encounters, recalled and not re-read for this
    release. The number is the one of that scheme.

    Examples
    --------
    >>> Category.of_word("desirable"), Category.UNDESIRABLE.word
    (<Category.DESIRABLE: 2>, 'undesirable')
    """

    NECESSARY = 1
    """The situation is serious: without an alert it may end badly."""
    DESIRABLE = 2
    """An alert is wanted, though nothing serious came of it."""
    UNNECESSARY = 3
    """An alert is not needed, but one understands why it came."""
    UNDESIRABLE = 4
    """An alert here is wrong: nothing called for it."""
    VOID = 5
    """Nothing can be said, such as where the track is corrupt; it counts nowhere."""

    @property
    def word(self) -> str:
        """The category in lower case."""
        return self.name.lower()

    @classmethod
    def of_word(cls, word: str) -> Category | None:
        """The category of a word.

        Parameters
        ----------
        word
            Such as "necessary", in capitals or not.

        Returns
        -------
        Category or None
            None where no category has the word.
        """
        return cls.__members__.get(word.strip().upper())
