using Recorder.Contracts;

namespace Recorder.Node.Cli.Recording;

// The progress of the recorders and the view that shows it.
internal sealed partial class RecordSessionActor
{
    private void Update(RecorderId recorder, Func<RecorderProgress, RecorderProgress> change)
    {
        if (_progress.TryGetValue(recorder, out var progress))
            _progress[recorder] = change(progress);
    }

    private void RefreshView() => Show(() => _view.Refresh([.. _request.Recorders.Select(planned => _progress[planned.Id])]));

    private List<RecorderProgress> RunningRecorders() => [.. _progress.Values.Where(progress => !progress.HasEnded)];

    // When the reader of standard output has gone ('| head'), the session stops as it does for Ctrl-C.
    private void Show(Action show)
    {
        if (_outputLost)
            return;

        try
        {
            show();
        }
        catch (IOException)
        {
            _outputLost = true;
            Self.Tell(new StopAll());
        }
    }
}
