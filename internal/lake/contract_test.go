package lake

import (
	"strings"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// ServeREST serves a lake as a REST catalog and returns a client of it; the
// tests outside of this package set it, as the server imports the lake.
var ServeREST func(t testing.TB, l *Lake, db *metadb.DB) *restcatalog.Client

// contract are the tests that every catalog passes: one of ours, in SQLite or
// Postgres, in which they run by themselves, and somebody else's.
var contract = map[string]func(*testing.T){
	"replace keeps identity and history":                   TestReplaceKeepsIdentityAndHistory,
	"replace goes back to an earlier schema and partition": TestReplaceGoesBackToAnEarlierSchemaAndPartition,
	"append evolves the schema":                            TestAppendEvolvesTheSchema,
	"append refuses what would lose rows":                  TestAppendRefusesWhatWouldLoseRows,
	"overwrite removes some files and adds others":         TestOverwriteRemovesSomeFilesAndAddsOthers,
	"reading at a time":                                    TestReadingAtATime,
	"a pin at a time shows what readers knew then":         TestPinAtShowsWhatReadersKnewThen,
	"views are replaced and take the names of tables":      TestViewsAreReplacedAndTakeTheNamesOfTables,
	"a conflict names the table and who moved it":          TestAConflictNamesTheTableAndWhoMovedIt,
	"what belongs to a commit happens with it or not":      TestWhatBelongsToACommitHappensWithItOrNotAtAll,
	"concurrent appends all land once":                     TestConcurrentAppendsAllLandOnce,
	"an append moves along only where it fits":             TestAnAppendMovesAlongOnlyWhereItFits,
	"names are one whatever their case":                    TestNamesAreOneWhateverTheirCase,
	"field ids stay with their columns":                    TestFieldIDsStayWithTheirColumns,
	"a sweep spares what is alive":                         TestSweepSparesWhatIsAlive,
	"building removes what a failed attempt left":          TestBuildRemovesWhatAFailedAttemptLeft,
	"tables of the third format":                           TestTablesOfTheThirdFormat,
	"held candidates are kept until the table moves on":    TestHeldCandidatesAreKeptUntilTheTableMovesOn,
	"a held candidate can be published":                    TestAHeldCandidateCanBePublished,
	"nobody sees a candidate until it is committed":        TestACandidateIsSeenByNobodyUntilItIsCommitted,
	"what is not found names what is near":                 TestNotFoundNamesWhatIsNear,
	"the lake behaves as its model":                        TestTheLakeBehavesAsItsModel,
	"properties that are unset stay unset":                 TestPropertiesThatAreUnsetStayUnset,
	"files are pruned by statistics and partitions":        TestFilesArePrunedByStatisticsAndPartitions,
	"a stage that is built again is one snapshot":          TestAStageBuiltAgainIsOneSnapshot,
	"appends that are built again move along":              TestAppendsBuiltAgainMoveAlong,
	"ids of dropped columns stay used":                     TestIDsOfDroppedColumnsStayUsed,
	"drops are in the history":                             TestDropsAreInTheHistory,
	"what is committed or held was synced before":          TestWhatIsCommittedOrHeldWasSyncedBefore,
	"a crash leaves the old state or the new":              TestACrashAtAnyOperationLeavesTheOldStateOrTheNew,
	"a sweep that is stopped is finished by the next":      TestASweepThatIsStoppedIsFinishedByTheNext,
}

// inREST is in the names of tests that run over a REST catalog.
const inREST = "TestARESTCatalogKeepsTheContract/"

func TestARESTCatalogKeepsTheContract(t *testing.T) {
	for name, test := range contract {
		t.Run(name, test)
	}
}

// Catalogs that are worse, over which the tests run that this may matter to.
const (
	ByTable = "TestARESTCatalogWithoutTransactionsKeepsTheContract/"
	Losing  = "TestARESTCatalogThatLosesAnswersKeepsTheContract/"
)

func TestARESTCatalogWithoutTransactionsKeepsTheContract(t *testing.T) { worse(t) }

func TestARESTCatalogThatLosesAnswersKeepsTheContract(t *testing.T) { worse(t) }

func worse(t *testing.T) {
	for _, name := range []string{"concurrent appends all land once", "views are replaced and take the names of tables",
		"drops are in the history", "a held candidate can be published", "a pin at a time shows what readers knew then", "append evolves the schema", "a sweep that is stopped is finished by the next"} {
		t.Run(name, contract[name])
	}
}

func withREST(t testing.TB) bool {
	for _, prefix := range []string{inREST, ByTable, Losing} {
		if strings.HasPrefix(t.Name(), prefix) {
			return true
		}
	}
	return false
}

// server is somebody else's catalog.
type server struct {
	lake   *Lake
	client *restcatalog.Client
}

var servers struct {
	sync.Mutex
	byDB map[*metadb.DB]server
}

// theirs are the ids of the stages of the server, if l's catalog is one: the
// files below them are the server's own.
func theirs(t testing.TB, l *Lake) []string {
	t.Helper()
	servers.Lock()
	defer servers.Unlock()
	if s := servers.byDB[l.db]; s.lake != nil {
		return queryStrings(t, s.lake, `SELECT id FROM tarn_stage`)
	}
	return nil
}

// outsideFor is the catalog of the lakes that keep everything else in db: a lake
// of its own in the same store, behind a server.
func outsideFor(t testing.TB, db *metadb.DB, store objstore.Store) *restcatalog.Client {
	t.Helper()
	servers.Lock()
	defer servers.Unlock()
	if s := servers.byDB[db]; s.client != nil {
		return s.client
	}
	own := openDB(t)
	l, err := Open(ctx, Options{DB: own, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	if servers.byDB == nil {
		servers.byDB = map[*metadb.DB]server{}
	}
	s := server{l, ServeREST(t, l, own)}
	servers.byDB[db] = s
	return s.client
}
