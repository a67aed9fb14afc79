package nexus.command.setting;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nexus.api.page.QueryParameters;
import nexus.command.environment.Variable;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/settings}: the settings of this process as they are in force. */
@Singleton
@Path("/v1/settings")
@Produces(MediaType.APPLICATION_JSON)
public class SettingResource {
    /** The settings, in the order of the README. */
    @RegisterForReflection
    record Settings(List<Setting> data) {}

    /**
     * One setting.
     *
     * @param value null for a secret and for one that is not set
     * @param isSet whether it has a value, its default included
     */
    @RegisterForReflection
    record Setting(String name, @Nullable String value, boolean isSet, boolean isSecret) {}

    @GET
    public Settings getSettings(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        Config config = ConfigProvider.getConfig();
        return new Settings(Arrays.stream(Variable.values())
                .map(variable -> setting(variable, config))
                .toList());
    }

    private static Setting setting(Variable variable, Config config) {
        Optional<String> value = variable.key()
                .flatMap(key -> config.getOptionalValue(key, String.class))
                .filter(text -> !text.isEmpty());
        return new Setting(
                variable.name(), variable.secret() ? null : value.orElse(null), value.isPresent(), variable.secret());
    }
}
