namespace Recorder.ActorKernel.Dispatch;

internal static class Placeholder;
