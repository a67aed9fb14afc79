package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nexus.event.IncomingEvent;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** Compares what a filter sees of an event with the parsed body. */
final class ViewOfBody {
    private ViewOfBody() {}

    static void assertSame(IncomingEvent event) {
        IncomingEvent.Payload parsed = IncomingEvent.Payload.of(event.body().bytes());
        IncomingEvent.Payload view = event.payload();
        compare(view.data(), parsed.data(), "data");
        compare(view.metadata(), parsed.metadata(), "metadata");
        assertUnavailableIsUnknown(view.data());
    }

    private static void compare(Value view, Value parsed, String path) {
        switch (parsed) {
            case Value.Fields fields -> {
                Value.Fields seen = (Value.Fields) view;
                assertThat(seen.names()).as(path).containsExactlyElementsOf(fields.names());
                fields.names().forEach(name -> compare(seen.get(name), fields.get(name), path + "." + name));
                assertThat(seen.get("no such name")).as(path).isEqualTo(Value.MISSING);
            }
            case Value.Items items -> {
                List<Value> seen = ((Value.Items) view).values();
                assertThat(seen).as(path).hasSameSizeAs(items.values());
                for (int i = 0; i < seen.size(); i++) {
                    compare(seen.get(i), items.values().get(i), path + "[" + i + "]");
                }
            }
            case Value scalar -> assertThat(ValueWriter.text(view)).as(path).isEqualTo(ValueWriter.text(scalar));
        }
    }

    private static void assertUnavailableIsUnknown(Value.Fields data) {
        if (data.get("unavailable") instanceof Value.Items names && data.get("record") instanceof Value.Fields row) {
            names.values().forEach(name -> assertThat(row.get(((Value.Text) name).value()))
                    .as("%s", name)
                    .isEqualTo(Value.UNKNOWN));
        }
    }
}
