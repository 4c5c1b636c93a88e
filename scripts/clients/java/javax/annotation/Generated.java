package javax.annotation;

/** The mark that generated classes carry. Java has it no more, and nothing reads it. */
public @interface Generated {
  String value();

  String comments() default "";
}
