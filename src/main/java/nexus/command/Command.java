package nexus.command;

import java.util.List;
import nexus.command.environment.StartRefused;

/** One word of the command line and what it does. */
@FunctionalInterface
public interface Command {
    int DONE = 0;
    int FAILED = 1;
    /** Asked for in a way that can't be done: wrong arguments, wrong environment. */
    int REFUSED = 2;

    /**
     * @param arguments what follows the command's name
     * @return the exit status
     * @throws StartRefused when the environment or the arguments don't allow it; the caller prints the line
     */
    int run(List<String> arguments) throws StartRefused;
}
