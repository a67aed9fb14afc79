package nexus.command;

import java.util.List;
import nexus.process.Version;

/** {@code nexus version}: prints version and commit. */
public final class VersionCommand implements Command {
    @Override
    public int run(List<String> arguments) {
        System.out.println("nexus " + Version.current());
        return DONE;
    }
}
