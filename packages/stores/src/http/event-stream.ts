/** The longest name of a field that matters, in characters. */
const NAME = 5;

/**
 * Scans the text of an event stream, and keeps none of it.
 *
 * @param event called for each event that says anything
 * @returns takes the next piece of the text
 */
export function scanEvents(event: () => void): (text: string) => void {
  let line = "";
  let said = false;
  let afterReturn = false;

  function endLine(): void {
    if (line === "" && said) event();
    if (line === "") said = false;
    else if (/^(data|event)/.test(line)) said = true;
    line = "";
  }

  return (text) => {
    for (const character of text) {
      const newline = character === "\n";
      if (character === "\r" || (newline && !afterReturn)) endLine();
      else if (!newline && line.length < NAME) line += character;
      afterReturn = character === "\r";
    }
  };
}
