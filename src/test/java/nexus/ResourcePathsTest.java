package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.stream.Stream;
import nexus.api.caller.AuditedChange;
import nexus.api.page.QueryParameters;
import nexus.preview.PreviewResource;
import nexus.preview.SentRequestResource;
import nexus.publish.PublishResource;
import org.junit.jupiter.api.Test;

/**
 * A request goes to the classes with the longest path that its own begins with, and to no other: a method elsewhere is
 * never found, though the OpenAPI document shows it.
 */
class ResourcePathsTest {
    private static final List<JavaClass> RESOURCES = resources();
    private static final List<Class<? extends Annotation>> CHANGING =
            List.of(POST.class, PUT.class, PATCH.class, DELETE.class);

    private static List<JavaClass> resources() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("nexus");
        return classes.stream().filter(type -> type.isAnnotatedWith(Path.class)).toList();
    }

    @Test
    void everyResourceMethodStandsInTheClassThatItsPathLeadsTo() {
        List<String> lost = RESOURCES.stream()
                .flatMap(resource -> resource.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(Path.class))
                .filter(ResourcePathsTest::isHidden)
                .map(JavaMethod::getFullName)
                .toList();

        assertThat(lost).isEmpty();
    }

    @Test
    void everyGetLooksAtItsQuerySoThatNoParameterIsPassedOverInSilence() {
        List<String> blind = RESOURCES.stream()
                .flatMap(resource -> resource.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(GET.class))
                .filter(method -> method.getMethodCallsFromSelf().stream()
                        .noneMatch(call -> call.getTargetOwner().isEquivalentTo(QueryParameters.class)
                                && call.getName().equals("check")))
                .map(JavaMethod::getFullName)
                .toList();

        assertThat(blind).isEmpty();
    }

    /** What is published is not in the audit, and needs another right. A preview and a check change nothing. */
    @Test
    void everyChangeCompletesItsEntryInTheAudit() {
        List<String> unaudited = RESOURCES.stream()
                .filter(resource -> !resource.isEquivalentTo(PublishResource.class)
                        && !resource.isEquivalentTo(PreviewResource.class)
                        && !resource.isEquivalentTo(SentRequestResource.class))
                .flatMap(resource -> resource.getMethods().stream())
                .filter(method -> CHANGING.stream().anyMatch(method::isAnnotatedWith))
                .filter(method -> method.getMethodCallsFromSelf().stream()
                        .noneMatch(call -> call.getTargetOwner().isEquivalentTo(AuditedChange.class)
                                && call.getName().equals("of")))
                .map(JavaMethod::getFullName)
                .toList();

        assertThat(unaudited).isEmpty();
    }

    private static boolean isHidden(JavaMethod method) {
        List<String> own = segments(method.getOwner());
        List<String> whole = Stream.concat(
                        own.stream(),
                        segments(method.getAnnotationOfType(Path.class).value()).stream())
                .toList();
        return RESOURCES.stream()
                .map(ResourcePathsTest::segments)
                .anyMatch(other -> other.size() > own.size()
                        && other.size() <= whole.size()
                        && whole.subList(0, other.size()).equals(other));
    }

    private static List<String> segments(JavaClass resource) {
        return segments(resource.getAnnotationOfType(Path.class).value());
    }

    private static List<String> segments(String path) {
        return Stream.of(path.split("/")).filter(segment -> !segment.isEmpty()).toList();
    }
}
