package nexus.command;

import java.util.List;
import nexus.command.environment.StartRefused;

/** One word of the command line and what it does. */
@FunctionalInterface
public interface Command {
    int DONE = 0;
    int FAILED = 1;
    /** The arguments or the environment are wrong. */
    int REFUSED = 2;

    /**
     * @param arguments what follows the command's name
     * @return the exit status
     * @throws StartRefused when the arguments or the environment are wrong; the caller prints its message
     */
    int run(List<String> arguments) throws StartRefused;
}
