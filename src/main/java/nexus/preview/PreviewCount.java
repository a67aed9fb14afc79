package nexus.preview;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nexus.preview.PreviewAnswer.Example;
import nexus.preview.PreviewAnswer.OfMany;
import nexus.preview.PreviewAnswer.OfOne;
import nexus.preview.PreviewAnswer.ReasonCount;

/** Counts the events of one preview. Used by one thread at a time. */
final class PreviewCount {
    private static final int MAX_EXAMPLES = 5;
    /** Bytes of events after which no other example is added. */
    private static final int ENOUGH_BYTES = 1 << 20;

    private static final int MAX_REASONS = 10;

    private final Map<String, Integer> reasons = new LinkedHashMap<>();
    private final List<Example> examples = new ArrayList<>();
    private int exampleBytes;
    private int matched;
    private int all;

    void add(Decision decision) {
        all++;
        if (decision.matched()) {
            matched++;
        } else {
            reasons.merge(decision.reason(), 1, Integer::sum);
        }
    }

    boolean takesExample() {
        return examples.size() < MAX_EXAMPLES && exampleBytes < ENOUGH_BYTES;
    }

    void example(PreviewedEvent event, OfOne preview) {
        exampleBytes += event.body().length();
        examples.add(new Example(
                event.id().toString(), event.type().value(), preview.matched(), preview.reason(), preview.request()));
    }

    OfMany answer() {
        List<ReasonCount> frequent = reasons.entrySet().stream()
                .map(reason -> new ReasonCount(reason.getKey(), reason.getValue()))
                .sorted(Comparator.comparingInt(ReasonCount::count).reversed())
                .limit(MAX_REASONS)
                .toList();
        return new OfMany(matched, all, examples, frequent);
    }
}
