package nexus.page;

import io.quarkus.qute.Engine;
import io.quarkus.qute.EngineBuilder;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.Template;
import io.quarkus.qute.TemplateLocator.TemplateLocation;
import io.quarkus.qute.UserTagSectionHelper;
import io.quarkus.qute.Variant;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The templates of the pages. They know maps, lists, texts, numbers, and what {@link Formats} adds; none needs reflection.
 * Everything is escaped, and a name that does not exist fails.
 */
final class Templates {
    private static final String HTML = "text/html";

    /** Templates that others use as a section: <code>{#icon name="x" /}</code>. */
    private static final List<String> TAGS = List.of("state");

    private final Engine engine;

    Templates(Assets assets) {
        EngineBuilder builder = Engine.builder()
                .addDefaults()
                .strictRendering(true)
                .removeStandaloneLines(true)
                .addResultMapper(new HtmlEscaper(List.of(HTML)))
                .addLocator(Templates::locate);
        Formats.resolvers().forEach(builder::addValueResolver);
        builder.addValueResolver(Formats.assets(assets));
        TAGS.forEach(tag -> builder.addSectionHelper(new UserTagSectionHelper.Factory(tag, "tags/" + tag)));
        this.engine = builder.build();
    }

    /**
     * Renders a document, or the fragment of it with this id if the template has one.
     *
     * @param part empty for the whole document
     */
    CompletionStage<String> render(String name, Optional<String> part, Map<String, ?> data) {
        Template template = engine.getTemplate(name);
        if (template == null) {
            throw new IllegalArgumentException("no such template: " + name);
        }
        Template fragment = part.filter(id -> template.getFragmentIds().contains(id))
                .map(template::getFragment)
                .map(Template.class::cast)
                .orElse(template);
        return fragment.instance().data(data).renderAsync();
    }

    private static Optional<TemplateLocation> locate(String id) {
        String path = "/page/" + id + ".html";
        return Templates.class.getResource(path) == null ? Optional.empty() : Optional.of(new Resource(path));
    }

    private record Resource(String path) implements TemplateLocation {
        @Override
        public Reader read() {
            InputStream in = Templates.class.getResourceAsStream(path);
            if (in == null) {
                throw new UncheckedIOException(new IOException("not in this build: " + path));
            }
            return new InputStreamReader(in, StandardCharsets.UTF_8);
        }

        @Override
        public Optional<Variant> getVariant() {
            return Optional.of(Variant.forContentType(HTML));
        }
    }
}
