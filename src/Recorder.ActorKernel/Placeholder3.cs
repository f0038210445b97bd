namespace Recorder.ActorKernel.Configuration;

internal static class Placeholder;
