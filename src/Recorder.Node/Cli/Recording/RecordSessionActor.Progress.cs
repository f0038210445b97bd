using Recorder.Contracts;

namespace Recorder.Node.Cli.Recording;

// What is known of the recorders, and shown.
internal sealed partial class RecordSessionActor
{
    private void Update(RecorderId recorder, Func<RecorderProgress, RecorderProgress> change)
    {
        if (_progress.TryGetValue(recorder, out var progress))
        {
            _progress[recorder] = change(progress);
        }
    }

    private void Refresh() => Show(() => _view.Refresh([.. _request.Recorders.Select(planned => _progress[planned.Id])]));

    private List<RecorderProgress> Going() => [.. _progress.Values.Where(progress => !progress.IsOver)];

    // A reader that goes away ('| head') ends the session as Ctrl-C does: nobody wants the rest.
    private void Show(Action show)
    {
        if (_outputLost)
        {
            return;
        }

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
