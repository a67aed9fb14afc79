package nexus.command;

import io.quarkus.runtime.Quarkus;
import java.io.Console;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import nexus.api.document.DeferredOpenApi;
import nexus.command.environment.Environment;
import nexus.command.environment.SecretKeyFile;
import nexus.command.environment.Settings;
import nexus.command.environment.StartRefused;
import nexus.command.environment.Variable;
import nexus.command.start.ApplicationClasses;
import nexus.command.start.DatabaseCheck;
import nexus.command.start.DemoTable;
import nexus.command.start.LastToStop;
import nexus.command.start.ServerFacts;
import nexus.command.start.StoredKeys;
import nexus.command.start.WaitingProbes;
import nexus.edge.EdgeExtension;
import nexus.embedded.EmbeddedDatabase;
import nexus.embedded.EmbeddedDatabaseException;
import nexus.heap.NativeHeap;
import nexus.store.PostgresUrl;
import nexus.terminal.Printable;

/** {@code nexus serve}: checks the configuration, then runs the application until it is stopped. */
public final class ServeCommand implements Command {
    @Override
    public int run(List<String> arguments) throws StartRefused {
        if (!arguments.isEmpty()) {
            throw new StartRefused("serve takes no arguments: it is set up by variables (see .env.example)");
        }
        NativeHeap.manage();
        Environment environment = Environment.current();
        environment.warnings().forEach(ServeCommand::say);
        Settings.check(environment);
        return environment.embedded() ? serveEmbedded(environment) : serveExternal(environment);
    }

    private static int serveEmbedded(Environment environment) throws StartRefused {
        ApplicationClasses classes = ApplicationClasses.load();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(environment.home());
                LastToStop last = LastToStop.register(database, patience(environment))) {
            DatabaseCheck.embedded(PostgresUrl.parse(database.url()), environment.home());
            String key = environment.value(Variable.NEXUS_SECRET_KEY).isPresent()
                    ? environment.value(Variable.NEXUS_SECRET_KEY).get()
                    : SecretKeyFile.in(environment.home());
            classes.await();
            last.applicationStarts();
            return last.applicationEnds(serve(environment, database.url(), key, Optional.empty()));
        } catch (EmbeddedDatabaseException e) {
            throw new StartRefused(String.valueOf(e.getMessage()));
        }
    }

    private static int serveExternal(Environment environment) throws StartRefused {
        String url = environment.value(Variable.DATABASE_URL).orElseThrow();
        if (environment.value(Variable.API_KEYS).isEmpty()) {
            StoredKeys.require(PostgresUrl.parse(url));
        }
        DatabaseCheck.Found store;
        try (WaitingProbes probes = new WaitingProbes(Settings.host(environment), managementPort(environment))) {
            store = new DatabaseCheck(line -> {
                        probes.open();
                        say(line);
                    })
                    .awaitStore(
                            PostgresUrl.parse(url),
                            captures(environment) && source(environment).isEmpty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
        try (LastToStop last = LastToStop.register(null, patience(environment))) {
            last.applicationStarts();
            return last.applicationEnds(serve(
                    environment,
                    url,
                    environment.value(Variable.NEXUS_SECRET_KEY).orElseThrow(),
                    Optional.of(store)));
        }
    }

    /** @param store empty for the embedded database */
    private static int serve(
            Environment environment, String storeUrl, String secretKey, Optional<DatabaseCheck.Found> store)
            throws StartRefused {
        Optional<PostgresUrl> source = source(environment);
        boolean isAsked = source.isPresent() && captures(environment);
        Optional<ServerFacts> asked =
                isAsked ? new DatabaseCheck(ServeCommand::say).source(source.get()) : Optional.empty();
        if (Settings.demo(environment) && (!isAsked || asked.isPresent())) {
            makeDemo(environment, source.orElseGet(() -> PostgresUrl.parse(storeUrl)));
        }
        boolean isWithSource = source.isEmpty()
                || source.get().isOnServerOf(PostgresUrl.parse(storeUrl))
                || asked.flatMap(ServerFacts::systemId)
                        .filter(id -> store.flatMap(found -> found.server().systemId())
                                .filter(id::equals)
                                .isPresent())
                        .isPresent();
        Settings.StoreSession session = new Settings.StoreSession(
                store.filter(DatabaseCheck.Found::isPooled).isPresent(), isWithSource);
        Settings.of(environment, storeUrl, secretKey, session, atTerminal()).forEach(System::setProperty);
        DeferredOpenApi.defer();
        EdgeExtension.enable();
        AtomicInteger status = new AtomicInteger(FAILED);
        // Quarkus's own handler would end the process before the embedded database has stopped
        Quarkus.run(null, (code, failure) -> {
            if (failure != null) {
                say("could not start: " + reason(failure, environment));
            }
            status.set(code);
        });
        return status.get();
    }

    /** The demo is optional unless NEXUS_DEMO asks for it. */
    private static void makeDemo(Environment environment, PostgresUrl source) throws StartRefused {
        try {
            DemoTable.create(source);
        } catch (StartRefused e) {
            if (environment.value(Variable.NEXUS_DEMO).isPresent()) {
                throw e;
            }
            say("starting without the demo: " + e.getMessage());
        }
    }

    /** One line, because logging is not set up yet when a start fails early. */
    private static String reason(Throwable failure, Environment environment) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof BindException) {
            return "port " + environment.value(Variable.PORT).orElse("3000") + " (PORT) or "
                    + managementPort(environment) + " (MANAGEMENT_PORT) can't be listened on: " + cause.getMessage();
        }
        return cause.toString().replaceAll("\\s*\\R\\s*", " ");
    }

    private static int managementPort(Environment environment) {
        return environment
                .value(Variable.MANAGEMENT_PORT)
                .map(Integer::parseInt)
                .orElse(9000);
    }

    /** Empty when source and store are the same database. */
    private static Optional<PostgresUrl> source(Environment environment) {
        return environment.value(Variable.SOURCE_DATABASE_URL).map(PostgresUrl::parse);
    }

    private static boolean captures(Environment environment) {
        return environment
                .value(Variable.NEXUS_ROLES)
                .map(roles -> List.of(roles.split(",")).contains("capture"))
                .orElse(true);
    }

    private static Duration patience(Environment environment) {
        return environment
                .value(Variable.SHUTDOWN_TIMEOUT)
                .map(Duration::parse)
                .orElse(Duration.ofSeconds(20))
                .plusSeconds(10);
    }

    @SuppressWarnings("SystemConsoleNull") // it is null again in JDK 25 when the output is a file
    private static boolean atTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    private static void say(String line) {
        System.err.println("nexus: " + Printable.line(line));
    }
}
