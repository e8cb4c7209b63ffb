// Tag auth: signing in. /auth/v1 speaks GoTrue's protocol, errors included, so that its clients work unchanged; nothing here needs credentials.
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { createToken } from './create-token.ts';
import { getAnonKey } from './get-anon-key.ts';
import { getSignedInUser } from './get-signed-in-user.ts';
import { setUp } from './set-up.ts';
import { signOut } from './sign-out.ts';

export function registerAuthRoutes(app: FlowApp, deps: ApiDeps): void {
  getAnonKey(app, deps);
  createToken(app, deps);
  signOut(app, deps);
  getSignedInUser(app, deps);
  setUp(app, deps);
}
