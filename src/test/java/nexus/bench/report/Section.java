package nexus.bench.report;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The result of one part of the benchmark. */
public interface Section {
    /** Adds its fields; {@code docs/performance.md} explains them. */
    void json(ObjectNode root);

    void table(Table table);

    /** Whether nothing was lost that only this part counts. */
    default boolean isClean() {
        return true;
    }
}
