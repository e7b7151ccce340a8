/** What must not outlive this process, each with how it is undone at once. */
const pending = new Set<() => void>();
let listens = false;

/**
 * Has something undone should the process end before its owner does it, as after a second Ctrl-C or a fault: children
 * killed, temporary files removed. The last one comes first.
 * @param undo works synchronously
 * @returns to be disposed by the owner once it is undone
 */
export function atExit(undo: () => void): Disposable {
  if (!listens) process.once('exit', undoAll);
  listens = true;
  pending.add(undo);
  return { [Symbol.dispose]: () => void pending.delete(undo) };
}

function undoAll(): void {
  for (const undo of [...pending].reverse()) {
    try {
      undo();
    } catch {
      // The process ends anyway; what follows is still undone.
    }
  }
}
