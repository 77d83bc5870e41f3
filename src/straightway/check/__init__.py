"""`straightway check`: find the mistakes that guides warn of, in source and in the imported application.

    findings.py     rules, what they find, edits
    model/          the user's project, understood once
    rules/          one module for each group of ids; table.py lists all rules
    loaded.py       rules on the imported application
    engine.py       run the selected rules, honour `# straightway: ignore[SW101]`
    settings.py     `[tool.straightway.check]` and the options that overrule it
    fixes.py        edits, applied or shown as a diff
    report.py, sarif.py     text, JSON, SARIF 2.1.0
    pages.py, examples/     the documentation of each id

Nothing here imports the framework before an application is given: the command starts at once.
"""
