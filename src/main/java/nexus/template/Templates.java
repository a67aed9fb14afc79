package nexus.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import nexus.refusal.Refusal;
import nexus.value.Value;

/**
 * Renders templates. A template is compiled when it is needed, and stays compiled until others need the room: equal ones
 * share a program, and all programs together take a bounded amount of memory. For any thread.
 */
public final class Templates {
    /** Bytes of memory, about. */
    private static final long MAX_WEIGHT = 32 << 20;
    /** A program takes at most about so many bytes for each character of its template, and for itself. */
    static final int BYTES_PER_CHARACTER = 24;

    static final int BYTES_PER_TEMPLATE = 1_024;

    private final Programs<Template, TransformProgram> bodies;
    private final Programs<RequestTemplate, RequestProgram> requests;

    public Templates() {
        this(MAX_WEIGHT);
    }

    Templates(long maxWeight) {
        this.bodies = new Programs<>(maxWeight / 2);
        this.requests = new Programs<>(maxWeight / 2);
    }

    /**
     * Renders a body.
     *
     * @param event with id, type, createdAt, data and metadata
     * @return JSON in UTF-8
     */
    public Rendered<byte[]> body(Template template, Value.Fields event) {
        try {
            return bodies.of(
                            template,
                            template.json().length(),
                            mistakes -> TransformProgram.compile(template.json(), "/transform", mistakes))
                    .render(Variables.of(event));
        } catch (Refusal.Invalid e) {
            return noLonger(e);
        }
    }

    /** Renders a request: see {@link #body}. */
    public Rendered<RequestParts> request(RequestTemplate template, Value.Fields event) {
        int characters = Stream.concat(
                        Stream.of(template.method().orElse(""), template.path().orElse("")),
                        template.headers().entrySet().stream().flatMap(h -> Stream.of(h.getKey(), h.getValue())))
                .mapToInt(String::length)
                .sum();
        try {
            return requests.of(template, characters, mistakes -> RequestProgram.compile(template, "/request", mistakes))
                    .render(Variables.of(event));
        } catch (Refusal.Invalid e) {
            return noLonger(e);
        }
    }

    /** A template was checked when it was saved, perhaps by another version of Nexus. */
    private static <T> Rendered<T> noLonger(Refusal.Invalid e) {
        Refusal.FieldError first = e.errors().getFirst();
        return new Rendered.Failed<>(first.pointer() + " " + first.detail());
    }

    /** The weight of all programs that are kept, for tests. */
    long weight() {
        return bodies.weight() + requests.weight();
    }

    /** The programs that were used last. */
    private static final class Programs<T, P> {
        private final long maxWeight;
        private final Map<T, Kept<P>> kept = new LinkedHashMap<>(16, 0.75f, true); // the least recently used first
        private long weight;

        private record Kept<P>(P program, long weight) {}

        Programs(long maxWeight) {
            this.maxWeight = maxWeight;
        }

        synchronized long weight() {
            return weight;
        }

        synchronized P of(T template, int characters, Function<List<Refusal.FieldError>, P> compile) {
            Kept<P> known = kept.get(template);
            if (known != null) {
                return known.program();
            }
            P program = compiled(compile);
            Kept<P> added = new Kept<>(program, BYTES_PER_TEMPLATE + (long) characters * BYTES_PER_CHARACTER);
            kept.put(template, added);
            weight += added.weight();
            for (Iterator<Kept<P>> all = kept.values().iterator(); weight > maxWeight && all.hasNext(); ) {
                weight -= all.next().weight();
                all.remove();
            }
            return program;
        }

        private P compiled(Function<List<Refusal.FieldError>, P> compile) {
            List<Refusal.FieldError> mistakes = new ArrayList<>();
            P program = compile.apply(mistakes);
            if (!mistakes.isEmpty()) {
                throw new Refusal.Invalid(mistakes);
            }
            return program;
        }
    }
}
