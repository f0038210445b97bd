namespace Recorder.ActorKernel.Event;

internal static class Placeholder;
