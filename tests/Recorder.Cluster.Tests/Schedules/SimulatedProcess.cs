using Recorder.Cluster.Events;
using Recorder.Cluster.Formations;
using Recorder.Cluster.Journals;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>One run of a node's process: the deciding code of src/Recorder.Cluster, with a simulated disk, network, camera and Akka.Cluster around it.</summary>
internal sealed class SimulatedProcess
{
    private const int PageSize = 20;
    private static readonly TimeSpan ReconcileInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly Dictionary<string, TenureState> _tenures = [];
    private readonly Dictionary<string, EventHistory> _histories = [];
    private readonly Dictionary<string, EventRaiser> _raisers = [];
    private readonly Dictionary<string, HashSet<EventRange>> _toldLate = [];
    private readonly Dictionary<string, TenureDecider> _deciders = [];
    private TimeSpan _reportedAt;
    private TimeSpan _greetedAt;
    private TimeSpan _reconciledAt;
    private int _pulls;
    private int _comparisons;

    public SimulatedProcess(SimulatedNode node, World world, StartId start)
    {
        (Node, _world, Start) = (node, world, start);
        Disk.Journal.Begin(start);
        foreach (var (recorder, report) in Disk.Reports.Select(entry => (entry.Key.Recorder, entry.Value)))
            TenureOf(recorder).Learn(report);

        foreach (var (recorder, raised) in Disk.Events.Select(entry => (entry.Key.Recorder, entry.Value)))
            HistoryOf(recorder).Add(raised);

        Formations.Start(world.Now);
    }

    public SimulatedNode Node { get; }

    /// <summary>Whether it is the one that runs on its node, paused or not.</summary>
    public bool IsAlive => Node.Process == this;

    public StartId Start { get; }

    public FormationState Formations { get; } = new();

    /// <summary>The formation of which its control plane is part; null while it is down or joining.</summary>
    public SimulatedFormation? Formation { get; set; }

    public bool IsControlPlaneUp { get; set; } = true;

    public string Name => Node.Name;

    private SimulatedDisk Disk => Node.Disk;

    private TimeSpan Now => _world.Now;

    public EventHistory HistoryOf(string recorder) =>
        _histories.TryGetValue(recorder, out var history) ? history : _histories[recorder] = new EventHistory();

    public TenureState TenureOf(string recorder) =>
        _tenures.TryGetValue(recorder, out var state) ? state
            : _tenures[recorder] = new TenureState(Name, Start, _world.CameraOf(recorder).IsExclusive);

    public void BecomeEntity(string recorder) => _deciders[recorder] = new TenureDecider(Name, _world.CameraOf(recorder).IsExclusive);

    public void EndEntity(string recorder) => _deciders.Remove(recorder);

    public void Tick()
    {
        Greet();
        Pull();
        Reconcile();
        foreach (var recorder in Disk.Registry.Keys.ToList())
        {
            Record(recorder);
            RaiseEvents(recorder);
            Decide(recorder);
        }

        if (Now - _reportedAt >= ReportInterval)
        {
            _reportedAt = Now;
            foreach (var recorder in _tenures.Keys.ToList())
                Report(recorder);
        }

        DecideFormation();
    }

    /// <summary>A user's change of the registry on this node.</summary>
    public void Change(string recorder, Func<RegisteredRecorder?, RegisteredRecorder?> change)
    {
        if (change(Disk.Registry.GetValueOrDefault(recorder)) is { } changed)
            Write(new Fact(recorder, Registered: changed));
    }

    /// <summary>A decider asks this node to record.</summary>
    public void OnAsked(string recorder, long highestTerm)
    {
        if (Disk.Registry.GetValueOrDefault(recorder) is not { Exists: true })
            return;

        if (_world.Flaw == Flaw.Term)
            _tenures[recorder] = new TenureState(Name, Start, _world.CameraOf(recorder).IsExclusive);

        Apply(recorder, TenureOf(recorder).Claim(_world.Flaw == Flaw.Term ? 0 : highestTerm, Now));
    }

    private void OnHolderReport(string recorder, HolderReport report)
    {
        if (_world.Flaw == Flaw.Confirmation)
            report = report with { IsConfirmed = true, IsStoring = true };

        if (_deciders.TryGetValue(recorder, out var decider))
            decider.Hear(report, Now);

        if (report.Tenure.Start != Start)
            Apply(recorder, TenureOf(recorder).Hear(report, Now));
    }

    private void Apply(string recorder, TenureDecision decision)
    {
        if (decision != default)
            _world.Note($"{Name} {recorder} {decision}");

        if (decision.Report is { } report)
            Write(new Fact(recorder, Report: report));

        if (decision.End is { } ended)
        {
            if (_raisers.Remove(recorder, out var raiser))
                TakeEvents(recorder, raiser, mayWait: false);

            Write(new Fact(recorder, Report: TenureOf(recorder).ReportEnd(ended, raiser?.Last ?? 0)));
            if (decision.Begin is null)
                Node.KeepConnected(recorder, this, isWanted: false);
        }

        if (decision.Begin is { } begun)
            _world.Witness.NoteClaim(recorder, begun);

        if (decision.Report?.Status == TenureStatus.Confirmed)
        {
            _raisers[recorder] = new EventRaiser(decision.Report.Tenure, Now);
            _toldLate[recorder] = [];
        }

        if (decision.Report is not null)
            Report(recorder);
    }

    private void Record(string recorder)
    {
        var (state, registered) = (TenureOf(recorder), Disk.Registry[recorder]);
        if (!registered.Exists)
        {
            Apply(recorder, state.Stop());
            return;
        }

        state.IsLeaving = Node.IsDraining;
        state.HasUnheard = Formation is null || _world.Nodes.Any(node => Formation.Members.All(member => member.Name != node.Name));
        var isRecording = registered.Desired.Value == DesiredState.Recording;
        var isWanted = state.MayConnect(Now) && (isRecording || _world.CameraOf(recorder).HasPreRoll);
        var isConnected = Node.KeepConnected(recorder, this, isWanted);
        Apply(recorder, state.Tick(Now, isConnected));
        if (state.Held is not { } held)
            return;

        if (!isRecording)
        {
            Apply(recorder, state.ConfirmReady(held, Now));
        }
        else if (isConnected && Node.TryStoreFragment(recorder))
        {
            _world.Witness.NoteStored(recorder);
            Apply(recorder, state.StoreFragment(held, Now));
            // A planted flaw can confirm a tenure behind its holder's back.
            _raisers.GetValueOrDefault(recorder)?.Raise(_world.NextContent());
        }
    }

    private void RaiseEvents(string recorder)
    {
        if (!_raisers.TryGetValue(recorder, out var raiser))
            return;

        var history = HistoryOf(recorder);
        TakeEvents(recorder, raiser, mayWait: Formation is not null);
        if (history.FindOrder() is not [.., var top] || top.Tenure != raiser.Tenure)
            return;

        var unknown = history.FindLate().Where(_toldLate[recorder].Add).ToList();
        if (unknown.Count == 0)
            return;

        var told = history.Read().Where(raised => raised.Late is not null).Select(raised => raised.Late!.Value).ToList();
        foreach (var late in unknown.Where(late => !IsTold(late, told)))
            raiser.Raise(_world.NextContent(), late);
    }

    private static bool IsTold(EventRange late, List<EventRange> told)
    {
        for (var number = late.From; number <= late.To; number++)
        {
            if (!told.Any(range => range.Contains(new EventNumber(late.Tenure, number))))
                return false;
        }

        return true;
    }

    private void TakeEvents(string recorder, EventRaiser raiser, bool mayWait)
    {
        var predecessor = HistoryOf(recorder).LastBefore(raiser.Tenure)?.Tenure.Node;
        var isAlive = Formation?.Members.Any(member => member.Name == predecessor) == true;
        while (raiser.TakeNext(HistoryOf(recorder), TenureOf(recorder).Find, mayWait && isAlive, Now) is { } raised)
            Write(new Fact(recorder, Event: raised));
    }

    private void Decide(string recorder)
    {
        if (Formation is null || !_deciders.TryGetValue(recorder, out var decider) || !Disk.Registry[recorder].Exists)
            return;

        decider.Learn(TenureOf(recorder).HighestTerm, TenureOf(recorder).HighestConfirmed);
        var candidates = Formation.Members.Where(member => !member.Node.IsDraining).Select(member => member.Name).ToHashSet();
        var term = decider.HighestTerm;
        foreach (var asked in decider.Decide(candidates, node => Formations.IsElsewhere(node, Now), Now))
        {
            _world.Note($"{Name} asks {asked} for {recorder}");
            _world.Network.Send(this, asked, target => target.OnAsked(recorder, term));
        }
    }

    private void Report(string recorder)
    {
        if (TenureOf(recorder).Describe(Now) is not { } report || Formation is null)
            return;

        foreach (var member in Formation.Members)
            _world.Network.Send(this, member.Name, target => target.OnHolderReport(recorder, report));
    }

    // Asks a node which formation it is part of.
    private void Greet()
    {
        if (Now - _greetedAt < ReportInterval || !IsControlPlaneUp)
            return;

        _greetedAt = Now;
        foreach (var node in _world.Nodes.Where(node => node != Node))
        {
            _world.Network.Send(this, node.Name, target =>
                _world.Network.Send(target, Name, self => self.Formations.See(target.Name, target.Formations.Own, self.Now)));
        }
    }

    private void DecideFormation()
    {
        if (!IsControlPlaneUp)
            return;

        var (decision, node) = Formations.Decide(Now);
        _world.Akka.Carry(decision, this, node);
    }

    // Follows the journal of one node after the other, from the node itself or, while it is away, from another that may have more of it. In turn, because
    // what is drawn can leave a node out for longer than any real follower does.
    private void Pull()
    {
        var followed = _world.Nodes[_pulls++ % _world.Nodes.Count];
        var asked = followed.Process is null ? _world.Pick(_world.Nodes) : followed;
        if (followed == Node || asked == Node)
            return;

        var position = CopyOf(followed.Name).Position;
        _world.Network.Send(this, asked.Name, target =>
        {
            if (target.Serve(followed.Name, position) is { } page)
                _world.Network.Send(target, Name, self => self.TakePage(followed.Name, position, page));
        });
    }

    private JournalPage<Fact>? Serve(string node, JournalPosition? position)
    {
        if (node == Name)
        {
            if (_world.Flaw == Flaw.JournalPosition && position is { } at)
                position = at with { Start = Disk.Journal.Starts[^1].Start, Number = Math.Min(at.Number, Disk.Journal.Last) };

            return Disk.Journal.Read(position, PageSize, () => Disk.Everything);
        }

        // A copy says nothing to whom it does not know to be behind.
        var copy = CopyOf(node);
        return position is { } behind && copy.Contains(behind) && copy.Last > behind.Number ? copy.Read(position, PageSize, () => []) : null;
    }

    private void TakePage(string node, JournalPosition? position, JournalPage<Fact> page)
    {
        if (!CopyOf(node).Take(position, page))
            return;

        foreach (var fact in page.Entries)
            Learn(fact);
    }

    // Compares notes with one other node after the other.
    private void Reconcile()
    {
        if (Now - _reconciledAt < ReconcileInterval)
            return;

        _reconciledAt = Now;
        var counts = _histories.ToDictionary(history => history.Key, history => history.Value.Counts);
        var others = _world.Nodes.Where(node => node != Node).ToList();
        _world.Network.Send(this, others[_comparisons++ % others.Count].Name, target =>
        {
            List<Fact> lacking =
            [
                .. target.Disk.Registry.Select(entry => new Fact(entry.Key, Registered: entry.Value)),
                .. target.Disk.Reports.Select(entry => new Fact(entry.Key.Recorder, Report: entry.Value)),
                .. target._histories.SelectMany(history => history.Value.FindBeyond(counts.GetValueOrDefault(history.Key) ?? new Dictionary<Tenure, long>())
                    .Select(raised => new Fact(history.Key, Event: raised))),
            ];
            _world.Network.Send(target, Name, self => lacking.ForEach(self.Learn));
        });
    }

    private NodeJournal<Fact> CopyOf(string node) =>
        Disk.Copies.TryGetValue(node, out var copy) ? copy : Disk.Copies[node] = new NodeJournal<Fact>(SimulatedDisk.JournalCapacity);

    private void Write(Fact fact)
    {
        Disk.Journal.Append(fact);
        if (fact.Event is { } raised)
            _world.Witness.NoteRaised(fact.Recorder, raised);
        else if (fact.Registered is { } registered)
            _world.Witness.NoteRegistered(fact.Recorder, registered);

        Learn(fact);
    }

    private void Learn(Fact fact)
    {
        if (fact.Registered is { } registered)
        {
            Disk.Registry[fact.Recorder] = _world.Flaw == Flaw.Merge || !Disk.Registry.TryGetValue(fact.Recorder, out var known)
                ? registered
                : known.MergeWith(registered).Merged;
        }
        else if (fact.Report is { } report)
        {
            Disk.Reports[(fact.Recorder, report.Tenure)] = TenureOf(fact.Recorder).Learn(report);
        }
        else if (fact.Event is { } raised)
        {
            Disk.Events[(fact.Recorder, raised.Number)] = raised;
            HistoryOf(fact.Recorder).Add(raised);
        }
    }
}
