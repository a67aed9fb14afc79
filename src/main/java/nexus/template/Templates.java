package nexus.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import nexus.refusal.Refusal;
import nexus.value.Value;

/**
 * Renders templates. A template is compiled when it is needed, and stays compiled until others need the room: equal ones
 * share a program, and all programs together take a bounded amount of memory. For any thread.
 */
public final class Templates {
    /** Bytes of memory, about. */
    private static final long MAX_WEIGHT = 64 << 20;

    private final Programs<Template, TransformProgram> bodies;
    private final Programs<RequestTemplate, RequestProgram> requests;

    public Templates() {
        this(MAX_WEIGHT);
    }

    Templates(long maxWeight) {
        this.bodies = new Programs<>(maxWeight * 3 / 4, TransformProgram::weight);
        this.requests = new Programs<>(maxWeight / 4, RequestProgram::weight);
    }

    /**
     * Renders a body.
     *
     * @param event with id, type, createdAt, data and metadata
     * @return JSON in UTF-8
     */
    public Rendered<byte[]> body(Template template, Value.Fields event) {
        try {
            return bodies.of(template, mistakes -> TransformProgram.compile(template.json(), "/transform", mistakes))
                    .render(Variables.of(event));
        } catch (Refusal.Invalid e) {
            return noLonger(e);
        }
    }

    /** Renders a request: see {@link #body}. */
    public Rendered<RequestParts> request(RequestTemplate template, Value.Fields event) {
        try {
            return requests.of(template, mistakes -> RequestProgram.compile(template, "/request", mistakes))
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
        private final ToLongFunction<P> weigh;
        private final Map<T, Kept<P>> kept = new LinkedHashMap<>(16, 0.75f, true); // the least recently used first
        private long weight;

        private record Kept<P>(P program, long weight) {}

        Programs(long maxWeight, ToLongFunction<P> weigh) {
            this.maxWeight = maxWeight;
            this.weigh = weigh;
        }

        synchronized long weight() {
            return weight;
        }

        synchronized P of(T template, Function<List<Refusal.FieldError>, P> compile) {
            Kept<P> known = kept.get(template);
            if (known != null) {
                return known.program();
            }
            P program = compiled(compile);
            Kept<P> added = new Kept<>(program, weigh.applyAsLong(program));
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
