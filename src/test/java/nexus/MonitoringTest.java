package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Alerts and dashboard as files; that the meters they ask for are there, the running program is asked. */
class MonitoringTest {
    private static final Pattern ALERT_HEADING = Pattern.compile("(?m)^### (Nexus[A-Za-z]+)$");

    @Test
    void everyAlertSaysWhatItIsAndTheHandbookWhatToDo() throws IOException {
        List<String> names = new ArrayList<>();
        for (Map<?, ?> rule : rules()) {
            String name = (String) rule.get("alert");
            names.add(name);
            assertThat((String) rule.get("expr")).as(name).contains("nexus");
            assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).as(name).isIn("critical", "warning");
            assertThat((String) ((Map<?, ?>) rule.get("annotations")).get("summary"))
                    .as(name)
                    .endsWith(".");
        }
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
        JsonNode dashboard = new ObjectMapper().readTree(Files.readString(Path.of("deploy/grafana/nexus.json")));
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

    private static List<Map<?, ?>> rules() throws IOException {
        Map<?, ?> file = new Yaml().load(Files.readString(Path.of("deploy/prometheus/alerts.yml")));
        List<Map<?, ?>> rules = new ArrayList<>();
        for (Object group : (List<?>) file.get("groups")) {
            ((List<?>) ((Map<?, ?>) group).get("rules")).forEach(rule -> rules.add((Map<?, ?>) rule));
        }
        return rules;
    }
}
