import type { PlayerController } from "./player-controller";
import type { Command } from "./shortcuts";

/** Runs the commands that need nothing but the player. False for all others. */
export function runPlayerCommand(player: PlayerController, command: Command): boolean {
  switch (command) {
    case "toggle_play":
      player.togglePlay();
      return true;
    case "slower":
      player.shiftRate(-1);
      return true;
    case "faster":
      player.shiftRate(1);
      return true;
    case "step_back":
      player.stepBy(-1);
      return true;
    case "step_forward":
      player.stepBy(1);
      return true;
    case "jump_back":
      player.stepBy(-10);
      return true;
    case "jump_forward":
      player.stepBy(10);
      return true;
    default:
      return false;
  }
}
