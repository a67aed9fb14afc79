package nexus.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nexus.bench.receiver.Ledger;
import nexus.bench.subject.Machine;

/**
 * The results as a table for people and as JSON for programs. A field that could not be measured is missing.
 *
 * @param verdict over all events of the run
 */
public record BenchReport(Setting setting, List<Section> sections, Ledger.Verdict verdict) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * What was measured, where, when.
     *
     * @param startedAt ISO 8601
     * @param nexus its version
     * @param postgres its version; empty when nobody said
     */
    public record Setting(String startedAt, String nexus, String commit, String postgres, Machine machine) {}

    /** Whether nothing was lost, out of order or under another id. */
    public boolean isClean() {
        return verdict.isClean() && sections.stream().allMatch(Section::isClean);
    }

    public void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, JSON.writeValueAsString(json()) + "\n");
    }

    public ObjectNode json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("startedAt", setting.startedAt());
        root.putObject("versions")
                .put("nexus", setting.nexus())
                .put("commit", setting.commit())
                .put("postgres", setting.postgres());
        root.set("machine", JSON.valueToTree(setting.machine()));
        sections.forEach(section -> section.json(root));
        root.putObject("verified")
                .put("sent", verdict.sent())
                .put("lost", verdict.lost())
                .put("orderViolations", verdict.orderViolations())
                .put("repeats", verdict.repeats())
                .put("otherIds", verdict.otherIds())
                .put("sharedIds", verdict.sharedIds());
        return root;
    }

    public String table() {
        Table table = new Table();
        table.line(
                "Nexus",
                "%s (%s), PostgreSQL %s, %d cores, %s",
                setting.nexus(),
                setting.commit(),
                setting.postgres(),
                setting.machine().cores(),
                setting.machine().java());
        sections.forEach(section -> section.table(table));
        table.line(
                "Verified",
                "%d events: %d lost, %d out of order, %d repeated, %d under another id",
                verdict.sent(),
                verdict.lost(),
                verdict.orderViolations(),
                verdict.repeats(),
                verdict.otherIds() + verdict.sharedIds());
        return table.toString();
    }
}
