/** The CSRF token of the session, which every write under a cookie must carry in X-CSRF-Token. */
let token: string | null = null;

export function csrfToken(): string | null {
  return token;
}

export function rememberCsrfToken(next: string | null): void {
  token = next;
}
