namespace Recorder.ActorKernel.Pattern;

internal static class Placeholder;
