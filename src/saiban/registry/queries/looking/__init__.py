"""How people are looked for by name: what is asked, where to look (``readings``), what fits best
(``ranking``)."""
