"""How people are looked for by name: what is asked, what a slip may have meant (``meaning``), where to look
(``finding``), what fits best (``ranking``)."""
