namespace Recorder.ActorKernel.Testing;

internal static class Placeholder;
