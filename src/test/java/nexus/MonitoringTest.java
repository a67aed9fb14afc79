package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Alerts and dashboard as files; that the meters they ask for are there, the running program is asked. */
class MonitoringTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ALERT_HEADING = Pattern.compile("(?m)^### (Nexus[A-Za-z]+)$");

    @Test
    void everyAlertSaysWhatItIsAndTheHandbookWhatToDo() throws IOException {
        List<String> names = new ArrayList<>();
        JsonNode alerts = JSON.valueToTree(new Yaml().load(Files.readString(Path.of("deploy/prometheus/alerts.yml"))));
        for (JsonNode rule : alerts.at("/groups/0/rules")) {
            String name = rule.path("alert").asText();
            names.add(name);
            assertThat(rule.path("expr").asText()).as(name).contains("nexus");
            assertThat(rule.at("/labels/severity").asText()).as(name).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).as(name).endsWith(".");
        }
        assertThat(alerts.path("groups")).hasSize(1);
        assertThat(names).doesNotHaveDuplicates();
        List<String> headings = ALERT_HEADING
                .matcher(Files.readString(Path.of("docs/operations.md")))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        assertThat(headings).containsExactlyElementsOf(names);
    }

    @Test
    void everyPanelOfTheDashboardAsksTheChosenPrometheusForSomething() throws IOException {
        JsonNode dashboard = JSON.readTree(Files.readString(Path.of("deploy/grafana/nexus.json")));
        List<Integer> ids = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            ids.add(panel.path("id").asInt());
            if (panel.path("type").asText().equals("row")) {
                continue;
            }
            String title = panel.path("title").asText();
            assertThat(panel.path("description").asText()).as(title).isNotBlank();
            assertThat(panel.path("targets")).as(title).isNotEmpty().allSatisfy(target -> {
                assertThat(target.path("expr").asText()).matches(".*(nexus|jvm)_[a-z_]+.*");
                assertThat(target.at("/datasource/uid").asText()).isEqualTo("${datasource}");
            });
        }
        assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
        assertThat(dashboard.at("/templating/list/0/name").asText()).isEqualTo("datasource");
    }
}
