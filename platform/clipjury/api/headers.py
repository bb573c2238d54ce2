"""Security headers on every answer."""

from flask import Flask, Response, request

# style-src: Mantine sets style attributes on its elements (positions, sizes), which CSP counts as inline styles.
# Scripts stay limited to files of our own, and nothing a user typed is ever put into a page as HTML.
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# What is stored came from outside: opened by itself it may run nothing at all.
MEDIA_POLICY = "default-src 'none'; sandbox"
_ONE_YEAR_S = 365 * 24 * 3600


def install_headers(app: Flask, *, is_https: bool) -> None:
    """Set the headers on every answer; those that a view has set stay."""
    headers = dict(_HEADERS)
    if is_https:
        headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR_S}; includeSubDomains"

    def add(response: Response) -> Response:
        for name, text in headers.items():
            response.headers.setdefault(name, text)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)
