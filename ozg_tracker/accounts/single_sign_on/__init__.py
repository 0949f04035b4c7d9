"""Single sign-on by OpenID Connect: allauth's, made strict; the role comes from the provider by our own deeds."""
