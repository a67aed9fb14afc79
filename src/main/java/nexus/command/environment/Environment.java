package nexus.command.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The variables that are set, each already checked: those of the process, then those of {@code .env} in the working
 * directory, then the files named by {@code <NAME>_FILE}. An empty value is the same as none.
 */
public final class Environment {
    private static final Duration DEFAULT_RETENTION = Duration.ofDays(30);
    private static final Duration DEFAULT_MAX_AGE = Duration.ofDays(3);
    private static final String FILE_SUFFIX = "_FILE";
    /** Variables that only the start script reads. */
    private static final Set<String> SCRIPT_VARIABLES = Set.of("NEXUS_JAVA_OPTS");

    private final Map<Variable, String> values;
    private final List<String> warnings;
    private final Path workingDirectory;

    private Environment(Map<Variable, String> values, List<String> warnings, Path workingDirectory) {
        this.values = values;
        this.warnings = List.copyOf(warnings);
        this.workingDirectory = workingDirectory;
    }

    /** The environment of this process. */
    public static Environment current() throws StartRefused {
        return read(System.getenv(), Path.of(""));
    }

    /** @throws StartRefused with one line that names the variable that can't be used */
    public static Environment read(Map<String, String> process, Path workingDirectory) throws StartRefused {
        Map<String, String> texts = new TreeMap<>(DotEnv.read(workingDirectory.resolve(".env")));
        process.forEach((name, text) -> {
            if (!text.isBlank()) {
                texts.put(name, text);
            }
        });
        texts.values().removeIf(String::isBlank);

        Map<Variable, String> values = new EnumMap<>(Variable.class);
        for (Variable variable : Variable.values()) {
            Optional<String> text = text(variable, texts, workingDirectory);
            if (text.isPresent()) {
                values.put(variable, parsed(variable, text.get()));
            }
        }
        requireMaxAgeWithinRetention(values);
        return new Environment(values, unknown(texts), workingDirectory);
    }

    private static Optional<String> text(Variable variable, Map<String, String> texts, Path workingDirectory)
            throws StartRefused {
        Optional<String> direct =
                Optional.ofNullable(texts.get(variable.name())).map(String::strip);
        String fileVariable = variable.name() + FILE_SUFFIX;
        String file = texts.get(fileVariable);
        if (!variable.secret() || file == null) {
            return direct;
        }
        if (direct.isPresent()) {
            throw new StartRefused(variable.name() + " and " + fileVariable + " are both set: keep one of them");
        }
        try {
            String content =
                    Files.readString(workingDirectory.resolve(file.strip())).strip();
            return content.isEmpty() ? Optional.empty() : Optional.of(content);
        } catch (IOException e) {
            throw new StartRefused(fileVariable + " names a file that can't be read: " + file.strip());
        }
    }

    private static String parsed(Variable variable, String text) throws StartRefused {
        try {
            return variable.format().read(text);
        } catch (IllegalArgumentException e) {
            throw new StartRefused(variable.name() + " " + e.getMessage());
        }
    }

    private static void requireMaxAgeWithinRetention(Map<Variable, String> values) throws StartRefused {
        Duration retention = duration(values, Variable.RETENTION, DEFAULT_RETENTION);
        Duration maxAge = duration(values, Variable.DELIVERY_MAX_AGE, DEFAULT_MAX_AGE);
        if (maxAge.compareTo(retention) > 0) {
            throw new StartRefused(
                    values.containsKey(Variable.DELIVERY_MAX_AGE)
                            ? "DELIVERY_MAX_AGE must be at most RETENTION"
                            : "RETENTION must be at least DELIVERY_MAX_AGE, which is 72h unless set");
        }
    }

    private static Duration duration(Map<Variable, String> values, Variable variable, Duration otherwise) {
        return Optional.ofNullable(values.get(variable)).map(Duration::parse).orElse(otherwise);
    }

    private static List<String> unknown(Map<String, String> texts) {
        Set<String> known = Arrays.stream(Variable.values()).map(Variable::name).collect(Collectors.toSet());
        List<String> warnings = new ArrayList<>();
        for (String name : texts.keySet()) {
            boolean file = name.endsWith(FILE_SUFFIX)
                    && known.contains(name.substring(0, name.length() - FILE_SUFFIX.length()));
            if (name.startsWith("NEXUS_") && !known.contains(name) && !file && !SCRIPT_VARIABLES.contains(name)) {
                warnings.add(name + " is not a variable of this version and does nothing");
            }
        }
        return warnings;
    }

    /** The checked value in the form that the configuration reads; empty when the variable is not set. */
    public Optional<String> value(Variable variable) {
        return Optional.ofNullable(values.get(variable));
    }

    /** Whether Nexus runs its embedded database. */
    public boolean embedded() {
        return !values.containsKey(Variable.DATABASE_URL);
    }

    /** The folder of the embedded database. */
    public Path home() {
        return workingDirectory
                .resolve(value(Variable.NEXUS_HOME).orElse(".nexus"))
                .toAbsolutePath();
    }

    /** Warnings about variables that have no effect. */
    public List<String> warnings() {
        return warnings;
    }

    /** Prints names only, because values may be secrets. */
    @Override
    public String toString() {
        return "Environment" + values.keySet();
    }
}
