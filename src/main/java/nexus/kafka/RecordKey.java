package nexus.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import nexus.shape.Parcel;
import nexus.target.KafkaTarget;
import nexus.value.JsonValues;
import nexus.value.Value;

/**
 * The key of a record, which decides its partition. It is the value at the target's pointer in the content as it is sent,
 * so a masked value is masked in the key too; where there is none, it is the ordering key of the delivery.
 */
final class RecordKey {
    private RecordKey() {}

    /** Empty: any partition. */
    static Optional<byte[]> of(KafkaTarget target, Parcel parcel) {
        return target.keyPointer()
                .flatMap(pointer -> at(pointer, parcel))
                .or(parcel::orderingKey)
                .map(key -> key.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> at(String pointer, Parcel parcel) {
        Value value;
        try {
            value = JsonValues.read(parcel.body().getBytes());
        } catch (IllegalArgumentException e) { // the content is not JSON
            return Optional.empty();
        }
        for (String name : pointer.substring(1).split("/", -1)) {
            value = step(value, name.replace("~1", "/").replace("~0", "~"));
        }
        return switch (value) {
            case Value.Text text -> Optional.of(text.value());
            case Value.Num number -> Optional.of(number.text());
            case Value.Bool bool -> Optional.of(Boolean.toString(bool.value()));
            case Value.Null none -> Optional.empty();
            case Value.Missing missing -> Optional.empty();
            case Value.Unknown unknown -> Optional.empty();
            case Value.Items items -> Optional.empty();
            case Value.Fields fields -> Optional.empty();
        };
    }

    private static Value step(Value from, String name) {
        if (from instanceof Value.Fields fields) {
            return fields.get(name);
        }
        return from instanceof Value.Items items
                        && name.matches("0|[1-9][0-9]{0,8}")
                        && Integer.parseInt(name) < items.values().size()
                ? items.values().get(Integer.parseInt(name))
                : Value.MISSING;
    }
}
