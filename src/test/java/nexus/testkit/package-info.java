@NullMarked
package nexus.testkit;

import org.jspecify.annotations.NullMarked;
