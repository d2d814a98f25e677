import { Form } from './form.tsx';

const PASSWORD_LENGTH_MIN = 10;

/** There is one owner and no name; whatever keeps passwords wants one to keep it under. It is not sent. */
const User = () => <input type="text" value="owner" autocomplete="username" readOnly hidden />;

export const Claim = ({ entered }: { entered(): void }) => (
  <main class="entrance">
    <h1>This box is yours to claim.</h1>
    <p class="quiet">
      It shows a code where it was started, and keeps it in the file <code>page/claim-code.txt</code> of its
      data directory. Whoever can read that is its owner.
    </p>
    <Form path="/api/claim" button="Claim this box" done={entered}>
      <label for="code">Code</label>
      <input
        id="code"
        name="code"
        required
        autocomplete="one-time-code"
        autocapitalize="characters"
        spellcheck={false}
        placeholder="ABCDE-FGHJK"
      />
      <User />
      <label for="password">A new password, {PASSWORD_LENGTH_MIN} characters or more</label>
      <input
        id="password"
        name="password"
        type="password"
        required
        minLength={PASSWORD_LENGTH_MIN}
        autocomplete="new-password"
      />
    </Form>
  </main>
);

export const Login = ({ entered }: { entered(): void }) => (
  <main class="entrance">
    <h1>Who is there?</h1>
    <p class="quiet">This box has an owner. The password is the one that it was claimed with.</p>
    <Form path="/api/login" button="Log in" done={entered}>
      <label for="password">Password</label>
      <User />
      <input id="password" name="password" type="password" required autocomplete="current-password" />
    </Form>
  </main>
);
