"""What `straightway dev` puts around an application, and no other command imports.

watchdog.py     names the line that blocks the event loop, found by blocked_place.py
layer.py        the ASGI layer: serves /__dev, records everything else
recorder.py     the last requests, as frozen data; log_lines.py adds what was logged meanwhile
guard.py        who may see the page
inspection.py   what the page tells of the application: routes, explanations, faults
site.py         which address of the page answers what; events.py tells that something is new
pages/, static/ the page as HTML, its style and its script
"""
