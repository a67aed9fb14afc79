@NullMarked
package nexus;

import org.jspecify.annotations.NullMarked;
