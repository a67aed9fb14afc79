package nexus.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import nexus.command.environment.Environment;
import nexus.command.environment.SecretKeyFile;
import nexus.command.environment.StartRefused;
import nexus.command.environment.Variable;
import nexus.doctor.Doctor;
import nexus.doctor.check.Diagnosis;
import nexus.doctor.check.Subject;
import nexus.embedded.EmbeddedDatabase;
import nexus.store.PostgresUrl;

/** {@code nexus doctor [--json]}: examines the databases and prints each problem with its fix. */
public final class DoctorCommand implements Command {
    private static final String JSON = "--json";

    @Override
    public int run(List<String> arguments) throws StartRefused {
        boolean json = arguments.equals(List.of(JSON));
        if (!json && !arguments.isEmpty()) {
            throw new StartRefused("usage: nexus doctor [--json]");
        }
        Environment environment = Environment.current();
        environment.warnings().forEach(warning -> System.err.println("nexus: " + warning));
        Subject subject = subject(environment);
        Diagnosis diagnosis = Doctor.examine(subject);
        System.out.println(json ? json(diagnosis) : DoctorReport.of(subject, diagnosis));
        return diagnosis.status().equals("fail") ? FAILED : DONE;
    }

    private static Subject subject(Environment environment) throws StartRefused {
        Optional<PostgresUrl> store = environment
                .value(Variable.DATABASE_URL)
                .or(() -> EmbeddedDatabase.running(environment.home()))
                .map(PostgresUrl::parse);
        Optional<PostgresUrl> source = environment
                .value(Variable.SOURCE_DATABASE_URL)
                .map(PostgresUrl::parse)
                .or(() -> store);
        return new Subject(
                source,
                store,
                environment.value(Variable.NEXUS_SLOT).orElse("nexus"),
                environment.value(Variable.NEXUS_PUBLICATION).orElse("nexus"),
                secretKey(environment),
                environment.embedded());
    }

    private static Optional<String> secretKey(Environment environment) throws StartRefused {
        Optional<String> given = environment.value(Variable.NEXUS_SECRET_KEY);
        return given.isPresent() || !environment.embedded() ? given : SecretKeyFile.existing(environment.home());
    }

    private static String json(Diagnosis diagnosis) {
        try {
            return new ObjectMapper().writeValueAsString(diagnosis);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
