namespace Recorder.ActorKernel;

internal static class Placeholder;
