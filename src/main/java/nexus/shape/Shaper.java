package nexus.shape;

import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.function.Supplier;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.template.Rendered;
import nexus.template.RequestParts;
import nexus.template.Templates;
import nexus.value.JsonValues;
import nexus.value.Value;

/** Converts an event to the content that is sent. Equal events and forms give equal bytes, on every attempt. */
public final class Shaper {
    private static final CharSequence JSON = AsciiString.cached("application/json");
    private static final CharSequence CLOUDEVENTS = AsciiString.cached("application/cloudevents+json");

    private final Templates templates = new Templates();
    private final Supplier<MaskKey> maskKey;

    /** @param maskKey the store's; asked for only where a column is masked */
    public Shaper(Supplier<MaskKey> maskKey) {
        this.maskKey = maskKey;
    }

    /**
     * Shapes one event.
     *
     * @param stored the event's body as Nexus stores it; must not change until the parcel is sent
     */
    public Shaped shape(Form form, EventId id, EventType type, Buffer stored) {
        try {
            Buffer visible = form.columns().areAll() || !type.isRowChange()
                    ? stored
                    : Buffer.buffer(form.columns().applied(stored.getBytes(), maskKey));
            return form.transform().isEmpty() && form.request().isEmpty()
                    ? formatted(form, id, type, visible, RequestParts.DEFAULT)
                    : templated(form, id, type, visible, event(visible));
        } catch (IllegalArgumentException e) {
            return new Unshapable(Unshapable.Reason.EVENT_UNREADABLE, "the stored event cannot be read");
        }
    }

    private static Parcel formatted(Form form, EventId id, EventType type, Buffer stored, RequestParts request) {
        return switch (form.format()) {
            case DEFAULT -> new Parcel(id, type, JSON, stored, request);
            case STANDARD -> new Parcel(id, type, JSON, Formats.standard(stored), request);
            case CLOUDEVENTS -> new Parcel(id, type, CLOUDEVENTS, Formats.cloudEvents(type, stored), request);
            case SUPABASE -> new Parcel(id, type, JSON, Formats.supabase(type, stored), request);
        };
    }

    private Shaped templated(Form form, EventId id, EventType type, Buffer stored, Value.Fields event) {
        RequestParts request = RequestParts.DEFAULT;
        if (form.request().isPresent()) {
            switch (templates.request(form.request().get(), event)) {
                case Rendered.Made<RequestParts>(RequestParts made) -> request = made;
                case Rendered.Failed<RequestParts>(String message) -> {
                    return failed(message);
                }
            }
        }
        if (!request.hasBody()) { // so that the transform of a deleted row need not have a value
            return new Parcel(id, type, JSON, Buffer.buffer(), request);
        }
        if (form.transform().isEmpty()) {
            return formatted(form, id, type, stored, request);
        }
        return switch (templates.body(form.transform().get(), event)) {
            case Rendered.Made<byte[]>(byte[] json) -> new Parcel(id, type, JSON, Buffer.buffer(json), request);
            case Rendered.Failed<byte[]>(String message) -> failed(message);
        };
    }

    private static Unshapable failed(String message) {
        return new Unshapable(Unshapable.Reason.TRANSFORM_FAILED, message);
    }

    /** The fields of the stored body, with data and metadata beside the others. */
    private static Value.Fields event(Buffer stored) {
        if (JsonValues.read(stored.getBytes()) instanceof Value.Fields body
                && body.get("payload") instanceof Value.Fields payload) {
            return Value.Fields.of(Map.of(
                    "id", body.get("id"),
                    "type", body.get("type"),
                    "createdAt", body.get("createdAt"),
                    "data", payload.get("data"),
                    "metadata", payload.get("metadata")));
        }
        throw new IllegalArgumentException("not an event");
    }
}
