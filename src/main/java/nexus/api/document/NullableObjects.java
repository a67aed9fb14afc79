package nexus.api.document;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/** An object that may be null: the generator writes that it is one of the two, and beside it that it is an object. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class NullableObjects implements OASFilter {
    @Override
    public Schema filterSchema(Schema schema) {
        List<Schema> choices = schema.getAnyOf();
        if (choices != null && choices.stream().anyMatch(NullableObjects::isNull)) {
            schema.setType(null);
        }
        return schema;
    }

    private static boolean isNull(Schema schema) {
        return List.of(SchemaType.NULL).equals(schema.getType());
    }
}
