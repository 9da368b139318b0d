"""An order for Chinese names that every database keeps alike."""


def sort_key(name: str) -> str:
    """Pinyin with tone numbers, syllable by syllable, in lower case; sorts as a dictionary would."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes half a second to load

    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)).lower()
