import { useFlagContext } from "@burgee/react";
import { useState } from "react";

/** Logs a member in. What is on the screen stays until the member's flags are there. */
export function LogIn() {
  const [member, setMember] = useState(false);
  const { identify, pending } = useFlagContext();

  async function logIn() {
    await identify({ targetingKey: "member-7" });
    setMember(true);
  }

  if (member) return <p>Welcome back.</p>;
  return (
    <button type="button" onClick={logIn} disabled={pending}>
      Log in
    </button>
  );
}
