package nexus;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import nexus.command.Command;
import nexus.command.DoctorCommand;
import nexus.command.HealthCommand;
import nexus.command.RotateKeyCommand;
import nexus.command.ServeCommand;
import nexus.command.SqlCommand;
import nexus.command.VersionCommand;
import nexus.command.environment.StartRefused;
import nexus.receiver.ListenCommand;
import nexus.terminal.Printable;

/** The entry point: finds the command; {@code serve} when none is named. */
@QuarkusMain
public final class Main {
    private static final Map<String, Supplier<Command>> COMMANDS = Map.of(
            "serve", ServeCommand::new,
            "listen", () -> arguments -> ListenCommand.run(arguments.toArray(String[]::new), System.out, System.err),
            "doctor", DoctorCommand::new,
            "health", HealthCommand::new,
            "rotate-key", RotateKeyCommand::new,
            "sql", SqlCommand::new,
            "version", VersionCommand::new);

    private Main() {}

    public static void main(String... args) {
        int status = run(List.of(args));
        if (status != Command.DONE) {
            System.exit(status);
        }
    }

    private static int run(List<String> args) {
        Supplier<Command> command = COMMANDS.get(args.isEmpty() ? "serve" : args.getFirst());
        if (command == null) {
            System.err.println("usage: nexus [serve|doctor|health|listen|rotate-key|sql|version]");
            return Command.REFUSED;
        }
        try {
            return command.get().run(args.isEmpty() ? args : args.subList(1, args.size()));
        } catch (StartRefused e) {
            System.err.println("nexus: " + Printable.line(String.valueOf(e.getMessage())));
            return Command.REFUSED;
        }
    }
}
