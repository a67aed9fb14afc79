package nexus.shape;

import io.vertx.core.buffer.Buffer;
import nexus.event.EventId;
import nexus.event.EventType;

/** Parcels for tests of other rooms. */
public final class TestParcel {
    private TestParcel() {}

    /** As it is sent by a subscription without settings about its content. */
    public static Parcel of(EventId id, EventType type, Buffer body) {
        return (Parcel) new Shaper(() -> new MaskKey(new byte[32])).shape(Form.DEFAULT, id, type, body);
    }
}
